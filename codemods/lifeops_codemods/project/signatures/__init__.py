"""What the signatures of endpoints tell their clients of parameters, and how to write it in the words of a file."""
