"""The machine: channels, the inbox, delivery, and the heart that decides what to say."""
