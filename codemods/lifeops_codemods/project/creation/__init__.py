"""Which endpoints make something new: an instance that is added to a session, and that the endpoint answers with.

A small abstract run of functions over the call graph. Of each value it only knows which new instances it is or is made
of (`values`), on every path that returns (`running`); what calls give is asked of the called functions (`calls`). What
is not followed is `OTHER`, and never new.
"""
