"""What the subcommands of `onrecord` do, one file each; `bot.cli` reads their arguments."""
