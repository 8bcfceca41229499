"""The ways people reach us. A channel knows bot.messages and nothing else of the house."""
