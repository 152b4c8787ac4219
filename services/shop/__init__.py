"""What the services of the shop share and the chassis must not know: the checks of money and of countries."""
