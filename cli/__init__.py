"""The `quadrille` command. Each command is one module in `cli.commands`, imported only when it runs."""
