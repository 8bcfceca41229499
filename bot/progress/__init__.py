"""Progress: how many trees have been told of, against the goal; for the team, for who pays, and for everybody."""
