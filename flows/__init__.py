"""What we ask: flows as declared values, and the engine that carries one a turn further. Imports knowledge only."""
