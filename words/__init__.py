"""What readers read: texts in their language, numbers, days, and the names of codes.

Nothing here knows Streamlit: screens, workbooks and the command line speak with the same words.
"""
