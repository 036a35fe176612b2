"""A/B experiments: statistics that add up, effects with intervals, and a verdict by rule.

``plan`` holds what is fixed beforehand, ``moments`` what is measured, ``records`` what is said;
``analysis.analyse`` goes from the first two to the third. Conventions, everywhere:

- the first arm is the control; a difference is treatment - control, a lift is
  treatment / control - 1;
- p is two-sided; ``alpha`` is 0.05 unless the plan says otherwise;
- what cannot be computed is None with a ``Reason``; nothing raises for data, nothing is NaN.
"""
