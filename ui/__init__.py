"""The dashboard's parts: with app.py and pages all that knows Streamlit."""
