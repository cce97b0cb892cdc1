"""What does each format of eval artifacts say?"""
