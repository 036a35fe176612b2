"""The smallest page of Streamlit: what the first text of a screen is measured against."""

import streamlit as st

st.markdown("x")
