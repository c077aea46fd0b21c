"""The screens that ask something back."""
