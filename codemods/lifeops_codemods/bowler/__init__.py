"""Bowler queries as one more source of edits, behind the same plan, preview, apply and undo.

Text goes in and text comes out: Bowler's own walk over folders, its writer and its printing are never used. Only the
command `bowler` imports this package, and with it Bowler and fissix.
"""
