"""What theory proves, asserted of the model's own rules in a limit where the answer is known.

Each file says how the theory's quantities map onto the model's. Tolerances are four standard errors, exact, or stated.

| claim | source | file | test |
| --- | --- | --- | --- |
| choice frequencies are logit, three options exactly | [McFadden1974] | test_choice.py | test_three_options_are_chosen_with_the_exact_logit_probabilities |
| no tastes: best reply; boundless tastes: uniform | [McKelveyPalfrey1995] | test_choice.py | test_without_tastes_every_choice_is_the_best_reply, test_with_boundless_tastes_choice_is_uniform |
| tastes at the start are those that accept-reject sampling keeps | [McFadden1974] | test_tastes.py | test_tastes_at_the_start_are_those_that_accept_reject_sampling_keeps |
| the recorded choice is everybody's best at the start | [McFadden1974] | test_tastes.py | test_the_recorded_choice_is_the_best_of_every_nation_at_step_0_in_every_run |
| tastes last, and are renewed at their rate | [McFadden1974] | test_tastes.py | test_tastes_are_renewed_at_their_rate, test_at_no_rate_tastes_never_change_and_a_world_at_rest_stays_at_rest |
| increasing returns lock in behind absorbing barriers | [Arthur1989] | test_increasing_returns.py | test_nations_follow_arthurs_process_choice_by_choice, test_barriers_absorb |
| either vendor may win; no lock-in without peers | [Arthur1989] | test_increasing_returns.py | test_both_vendors_win_each_as_often_as_theory_says, test_without_peers_everyone_follows_its_taste |
| one equilibrium where beta J < 1, three above | [BrockDurlauf2001] | test_social_interactions.py | test_equilibria_are_as_many_as_theory_says_and_where_it_says |
| noise undoes lock-in | [LeydesdorffBesselaar] | test_social_interactions.py | test_noise_undoes_lock_in |
| a club is viable in an interval of sizes, best at sqrt(F / s) | [Buchanan1965] | test_club.py | test_viable_sizes_are_those_of_the_oracle, test_the_best_size_is_the_root_of_cost_over_crowding |
| members stop at their optimum, open access overfills | [Buchanan1965] | test_club.py | test_who_decides_on_admission_decides_the_size |
| small stable coalitions for a public good | [Barrett1994], [dAspremont1983] | test_openness.py | test_a_pure_public_good_sustains_barretts_small_coalition |
| the largest stable coalition shrinks with openness | [dAspremont1983] | test_openness.py | test_the_largest_stable_coalition_shrinks_with_openness |
| runs end at Barrett's size | [Barrett1994] | test_openness.py | test_a_coalition_of_barretts_size_lasts |
| stayers at equal payoffs are e^(mu K) / (e^(mu K) + n - 1) | [FarrellKlemperer2007] | test_switching_cost.py | test_stayers_are_as_many_as_the_logit_of_the_cost_says |
| frozen at infinite cost, memoryless at none | [Klemperer1987] | test_switching_cost.py | test_everybody_is_frozen_where_moving_costs_more_than_anything_gains, test_choice_has_no_memory_where_moving_is_free |
| spending maximises the joint surplus: marginal benefits add up to the marginal cost | [Samuelson1954] | test_spending.py | test_spending_is_the_numeric_maximum_of_the_joint_surplus, test_marginal_benefits_add_up_to_the_marginal_cost |
| alone one under-provides, by n^(1 / (1 - a)) | [Samuelson1954] | test_spending.py | test_one_that_builds_alone_under_provides_by_the_ratio_of_theory |
| the weakest link sets what all get | [Hirshleifer1983] | test_weakest_link.py | test_planned_chips_are_those_of_the_hand, test_actual_chips_are_those_of_the_hand |
| what is hosted at home no cut reaches; no hosting, no change | [FarrellNewman2019] | test_hosting.py | test_full_hosting_makes_cuts_and_outages_harmless, test_without_hosting_its_cost_changes_no_byte |
| leaving costs standing by the trust put in those left, paid by nobody | [Leeds2003] | test_standing.py | test_standing_is_weighed_by_the_part_of_trust_that_lies_in_those_left, test_nobody_pays_or_gets_it |
| growth that decays is integrated exactly | [Grimm2014] | test_growth.py | test_integrals_of_growth_are_those_of_quadrature, test_the_length_of_the_step_does_not_matter |
| beliefs find the true hazard, spread sqrt(lambda / T) | [GelmanEtAl2013] | test_learning.py | test_a_belief_finds_the_true_hazard, test_its_spread_is_the_root_of_the_rate_over_the_time |
| social learning is faster | [GelmanEtAl2013] | test_learning.py | test_it_is_faster_where_nations_learn_from_each_other |
| a cascade, and its collapse without one agent | [Granovetter1978] | test_thresholds.py | test_one_threshold_changed_stops_the_cascade_at_one, test_without_one_nation_a_convened_set_unravels_above_it |
| convening finds the largest self-consistent set: only among complements | [Tarski1955] | test_convening.py | test_among_complements_convening_finds_the_largest_self_consistent_set, test_in_general_worlds |
| order of nations, unit of money, length of step | [Grimm2014] | test_invariances.py | test_the_order_of_the_nations_does_not_matter_on_average, test_the_unit_of_money_does_not_matter, test_halving_the_step_leaves_the_results |
| identical nations are treated alike, also where trust ties | [Grimm2014] | test_invariances.py | test_identical_nations_are_treated_alike_on_average, test_partners_trusted_alike_are_invited_alike |
| shares sum to one, money paid is money received | [Grimm2014] | test_conservation.py | test_shares_sum_to_one_in_every_step_of_every_run, test_members_pay_for_the_whole_training_and_no_more, test_exit_fees_move_between_nations_and_vanish_nowhere |

The stability of coalitions against the exact core is tested with ``analysis.stability``.
"""  # noqa: E501 - a row of a table is a line
