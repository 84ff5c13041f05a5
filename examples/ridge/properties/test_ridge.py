"""R. Ridge regression."""

from lydite.kit import FEWER, forall
from properties.strategies.ridge import bad_gradient, bad_hessian, bad_loss, bad_solution, problems
from spec.laws import ridge as laws

loss_is_exact = forall(problems, laws.loss_is_exact)
gradient_is_exact = forall(problems, laws.gradient_is_exact)
gradient_is_difference_quotient = forall(problems, laws.gradient_is_difference_quotient, FEWER)
hessian_is_exact = forall(problems, laws.hessian_is_exact)
hessian_is_difference_quotient = forall(problems, laws.hessian_is_difference_quotient, FEWER)
hessian_is_second_difference = forall(problems, laws.hessian_is_second_difference, FEWER)
hessian_is_symmetric = forall(problems, laws.hessian_is_symmetric)
hessian_is_at_least_the_penalty = forall(problems, laws.hessian_is_at_least_the_penalty)

loss_is_strongly_convex = forall(problems, laws.loss_is_strongly_convex)

solution_is_exact = forall(problems, laws.solution_is_exact)
gradient_vanishes_at_the_solution = forall(problems, laws.gradient_vanishes_at_the_solution)
augmented_rows_are_a_penalty = forall(problems, laws.augmented_rows_are_a_penalty)
augmented_rows_keep_the_solution = forall(problems, laws.augmented_rows_keep_the_solution)
norm_shrinks_with_the_penalty = forall(problems, laws.norm_shrinks_with_the_penalty)

loss_refuses_bad_input = forall(bad_loss, laws.loss_refuses_bad_input)
gradient_refuses_bad_input = forall(bad_gradient, laws.gradient_refuses_bad_input)
hessian_refuses_bad_input = forall(bad_hessian, laws.hessian_refuses_bad_input)
solution_refuses_bad_input = forall(bad_solution, laws.solution_refuses_bad_input)
