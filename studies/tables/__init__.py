"""What the columns, rules and sums of its sidecar cannot say of a table, each check by its name."""
