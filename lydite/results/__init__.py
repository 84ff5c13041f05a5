"""What a report becomes for those who read it elsewhere: pages, gradebooks, and the files of other tools."""
