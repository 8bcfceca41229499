"""Letters: the channel on which one letter asks all open questions, and one reply may answer several."""
