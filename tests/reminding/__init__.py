"""Is everybody told what they are to be told, once, whatever breaks?"""
