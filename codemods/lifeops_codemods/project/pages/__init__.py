"""Lists that a program answers with: the query behind each, whether a page of it can be asked for, and how.

definitions  which assignments a use of a local variable may mean
inside       a function as it is called on the way from an endpoint, with what it is given
statements   how a query is built: what it selects, and every clause
rows         from what a function returns back to the query, through all that hands rows on one by one
uses         what else is done with rows on the way, and whether that would see only a page of them
joins        whether a join may give a row of the result several times
ordering     what makes the order of rows the same on every page
keys         primary keys of models
lists        which endpoints answer with a list, and which of them have pages already
style        how the project calls the parameters of pages, and writes them
"""
