"""New parameters for a function and for everything that must agree with it; a service for rules.

A rule knows the way that a value takes: from an endpoint through calls down to where it is used. Here is what else has
to change so that this way can be taken, while every other caller keeps what it has by the default.

    families   definitions that stand for each other: overrides, bases, abstract methods, protocols, fakes of tests
    patches    what tests put in the place of a function, and what they expect it to be called with
    signatures the parameters themselves: where they go, whether the names are free, what a decorator lets through
"""
