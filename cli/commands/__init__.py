"""One module for each command of `quadrille`; `cli.main.COMMANDS` lists them."""
