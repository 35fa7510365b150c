# A name like no other.
lamina explain platform zeppelin
