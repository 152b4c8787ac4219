# DO NOT EDIT. Made from proto/ and schemas/ by `make generate`.
