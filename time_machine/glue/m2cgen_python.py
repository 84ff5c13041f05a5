"""The softmax and the sigmoid that m2cgen puts at the end of a boosted model, as the Python code that it writes."""

from m2cgen import ast
from m2cgen.assemblers.boosting import XGBoostTreeModelAssembler as Model
from m2cgen.interpreters import PythonInterpreter


def compiled(expression):
    names = {}
    exec(PythonInterpreter().interpret(expression), names)
    return names["score"]


def softmax(z):
    out = Model._multi_class_convert_output(None, [ast.FeatureRef(i) for i in range(len(z))])
    return compiled(ast.VectorVal(out) if isinstance(out, list) else out)(z.tolist())


def logistic_predict(w, b, X):
    score = compiled(Model._bin_class_convert_output(None, ast.FeatureRef(0)))
    return [score([margin]) for margin in (X @ w + b).tolist()]
