"""Q6. Newton's method, for a root and for a stationary point."""

from lydite.kit import FEWER, forall
from properties.strategies.newton import (
    approaches,
    bad_minima,
    bad_roots,
    cycles,
    divergences,
    flats,
    inflections,
    iterations,
    multiple_roots,
    powers,
    quadratic_approaches,
    quadratics,
    rests,
    substitutions,
)
from spec.laws import newton as laws

iterates_are_newton_steps = forall(iterations, laws.iterates_are_newton_steps)
iterates_begin_with_the_start = forall(iterations, laws.iterates_begin_with_the_start)
iterates_stay_at_a_root = forall(rests, laws.iterates_stay_at_a_root)
flat_slope_is_no_step = forall(flats, laws.flat_slope_is_no_step)
newton_root_refuses_bad_input = forall(bad_roots, laws.newton_root_refuses_bad_input)

error_of_a_quadratic_is_exact = forall(quadratic_approaches, laws.error_of_a_quadratic_is_exact)
error_follows_from_its_square = forall(approaches, laws.error_follows_from_its_square)
error_is_bounded_by_its_square = forall(approaches, laws.error_is_bounded_by_its_square)
iterates_converge_from_a_close_start = forall(approaches, laws.iterates_converge_from_a_close_start)
cycle_is_followed = forall(cycles, laws.cycle_is_followed)
divergence_is_followed = forall(divergences, laws.divergence_is_followed)
values_tend_to_zero = forall(approaches, laws.values_tend_to_zero)
accuracy_is_reached_in_time = forall(approaches, laws.accuracy_is_reached_in_time)
error_has_the_quadratic_rate = forall(approaches, laws.error_has_the_quadratic_rate)
error_has_a_cubic_rate_at_an_inflection = forall(inflections, laws.error_has_a_cubic_rate_at_an_inflection)

error_shrinks_by_a_constant_at_a_multiple_root = forall(
    multiple_roots, laws.error_shrinks_by_a_constant_at_a_multiple_root
)
multiple_root_is_approached_geometrically = forall(powers, laws.multiple_root_is_approached_geometrically)

minimiser_takes_newton_steps = forall(iterations, laws.minimiser_takes_newton_steps)
minimiser_begins_with_the_start = forall(iterations, laws.minimiser_begins_with_the_start)
minimiser_stays_at_a_stationary_point = forall(rests, laws.minimiser_stays_at_a_stationary_point)
minimiser_does_not_step_without_curvature = forall(flats, laws.minimiser_does_not_step_without_curvature)
quadratic_takes_one_step = forall(quadratics, laws.quadratic_takes_one_step)
minimiser_finds_the_root_of_the_derivative = forall(approaches, laws.minimiser_finds_the_root_of_the_derivative)
minimiser_ends_where_g_is_flat = forall(approaches, laws.minimiser_ends_where_g_is_flat, stride=FEWER)
multiples_of_g_have_the_same_iterates = forall(substitutions, laws.multiples_of_g_have_the_same_iterates)
iterates_follow_an_affine_change_of_variable = forall(substitutions, laws.iterates_follow_an_affine_change_of_variable)
stationary_point_is_reached_whatever_its_kind = forall(approaches, laws.stationary_point_is_reached_whatever_its_kind)
end_is_the_kind_of_optimum_that_the_curvature_tells = forall(
    approaches, laws.end_is_the_kind_of_optimum_that_the_curvature_tells, stride=FEWER
)
sign_of_g_does_not_matter = forall(approaches, laws.sign_of_g_does_not_matter)
newton_minimize_refuses_bad_input = forall(bad_minima, laws.newton_minimize_refuses_bad_input)
