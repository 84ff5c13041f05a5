"""The models, each written once in ball arithmetic: the truth that implementations are held against."""
