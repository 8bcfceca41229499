"""What we know: content, and the Latvian to find it by. Imports nothing of ours."""
