"""How the product is frozen, archived and published; no part of the product itself.

`commands.toml` lists the commands, `bundle` builds the frozen programs, `archive` packs them.
"""
