"""The eight steps of an invite: one file each, named by its verb."""
