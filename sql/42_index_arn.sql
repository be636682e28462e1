/*
 * SP-GiST on arn and arn_pattern.
 */

CREATE FUNCTION arn_spgist_config(internal, internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_spgist_config';
COMMENT ON FUNCTION arn_spgist_config(internal, internal) IS 'SP-GiST support';

CREATE FUNCTION arn_spgist_choose(internal, internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_spgist_choose';
COMMENT ON FUNCTION arn_spgist_choose(internal, internal) IS 'SP-GiST support';

CREATE FUNCTION arn_spgist_picksplit(internal, internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_spgist_picksplit';
COMMENT ON FUNCTION arn_spgist_picksplit(internal, internal) IS 'SP-GiST support';

CREATE FUNCTION arn_spgist_inner_consistent(internal, internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_spgist_inner';
COMMENT ON FUNCTION arn_spgist_inner_consistent(internal, internal) IS 'SP-GiST support';

CREATE FUNCTION arn_spgist_leaf_consistent(internal, internal) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_spgist_leaf';
COMMENT ON FUNCTION arn_spgist_leaf_consistent(internal, internal) IS 'SP-GiST support';

CREATE FUNCTION arn_pattern_spgist_inner_consistent(internal, internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_pattern_spgist_inner';
COMMENT ON FUNCTION arn_pattern_spgist_inner_consistent(internal, internal) IS 'SP-GiST support';

CREATE FUNCTION arn_pattern_spgist_leaf_consistent(internal, internal) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'iam_arn_pattern_spgist_leaf';
COMMENT ON FUNCTION arn_pattern_spgist_leaf_consistent(internal, internal) IS 'SP-GiST support';

CREATE OPERATOR CLASS arn_ops
DEFAULT FOR TYPE arn USING spgist AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	OPERATOR 6 ~ (arn, arn_pattern),
	OPERATOR 7 <@ (arn, arn_pattern),
	FUNCTION 1 arn_spgist_config(internal, internal),
	FUNCTION 2 arn_spgist_choose(internal, internal),
	FUNCTION 3 arn_spgist_picksplit(internal, internal),
	FUNCTION 4 arn_spgist_inner_consistent(internal, internal),
	FUNCTION 5 arn_spgist_leaf_consistent(internal, internal);
COMMENT ON OPERATOR CLASS arn_ops USING spgist IS 'ARNs that match a pattern';
COMMENT ON OPERATOR FAMILY arn_ops USING spgist IS 'ARNs that match a pattern';

CREATE OPERATOR CLASS arn_pattern_ops
DEFAULT FOR TYPE arn_pattern USING spgist AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	OPERATOR 6 ~ (arn_pattern, arn),
	OPERATOR 7 @> (arn_pattern, arn),
	FUNCTION 1 arn_spgist_config(internal, internal),
	FUNCTION 2 arn_spgist_choose(internal, internal),
	FUNCTION 3 arn_spgist_picksplit(internal, internal),
	FUNCTION 4 arn_pattern_spgist_inner_consistent(internal, internal),
	FUNCTION 5 arn_pattern_spgist_leaf_consistent(internal, internal);
COMMENT ON OPERATOR CLASS arn_pattern_ops USING spgist IS 'patterns that match an ARN';
COMMENT ON OPERATOR FAMILY arn_pattern_ops USING spgist IS 'patterns that match an ARN';

ALTER FUNCTION arn_matches(arn, arn_pattern) SUPPORT iam_match_support;
ALTER FUNCTION arn_pattern_matches(arn_pattern, arn) SUPPORT iam_match_support;
ALTER FUNCTION arn_pattern_contains(arn_pattern, arn) SUPPORT iam_match_support;
ALTER FUNCTION arn_contained(arn, arn_pattern) SUPPORT iam_match_support;

