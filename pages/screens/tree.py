import streamlit as st

st.write("tree")
