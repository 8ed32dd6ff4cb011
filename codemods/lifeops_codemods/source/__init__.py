"""Bytes and text: which files a project has, what they hold, and how their bytes become text and bytes again.

`root` finds the folder to read, `discovery` the files in it, `reading` their bytes, `text` the characters, `lines` the
positions. Nothing here knows Python beyond its encoding declaration.
"""
