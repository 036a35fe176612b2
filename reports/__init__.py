"""Workbooks that Canopy writes: the month's report, and tables that readers take with them.

The same code serves the command line and the screens, so nothing here knows Streamlit.
"""
