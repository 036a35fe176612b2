"""What people do in the App: small frames of counts, each from one narrow pass over the facts.

Every function takes a connection, the store and a slice; the reader's scope and the segment are
applied where the query is built. Sums and quantiles of what comes back are for ``metrics``.
"""
