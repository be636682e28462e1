/*
 * The type arn_pattern: one string of a Resource element, and its relations to ARNs
 * and other patterns.
 */

CREATE TYPE arn_pattern;

CREATE FUNCTION arn_pattern_in(cstring) RETURNS arn_pattern
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_pattern_in';
COMMENT ON FUNCTION arn_pattern_in(cstring) IS 'text input of type arn_pattern';

CREATE FUNCTION arn_pattern_out(arn_pattern) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_pattern_out';
COMMENT ON FUNCTION arn_pattern_out(arn_pattern) IS 'text output of type arn_pattern';

CREATE FUNCTION arn_pattern_recv(internal) RETURNS arn_pattern
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_pattern_recv';
COMMENT ON FUNCTION arn_pattern_recv(internal) IS 'binary input of type arn_pattern';

CREATE FUNCTION arn_pattern_send(arn_pattern) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_pattern_send';
COMMENT ON FUNCTION arn_pattern_send(arn_pattern) IS 'binary output of type arn_pattern';

CREATE TYPE arn_pattern (
	INPUT = arn_pattern_in,
	OUTPUT = arn_pattern_out,
	RECEIVE = arn_pattern_recv,
	SEND = arn_pattern_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = main
);
COMMENT ON TYPE arn_pattern IS 'a string of a Resource element: an ARN with the wildcards * and ? and policy variables';

CREATE CAST (arn_pattern AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (arn_pattern AS text) IS 'an ARN pattern as text';

CREATE CAST (text AS arn_pattern) WITH INOUT;
COMMENT ON CAST (text AS arn_pattern) IS 'text as an ARN pattern, an error where it is none';

CREATE FUNCTION arn_pattern_eq(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_eq';
COMMENT ON FUNCTION arn_pattern_eq(arn_pattern, arn_pattern) IS 'implementation of = operator';

CREATE FUNCTION arn_pattern_ne(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_ne';
COMMENT ON FUNCTION arn_pattern_ne(arn_pattern, arn_pattern) IS 'implementation of <> operator';

CREATE FUNCTION arn_pattern_lt(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_lt';
COMMENT ON FUNCTION arn_pattern_lt(arn_pattern, arn_pattern) IS 'implementation of < operator';

CREATE FUNCTION arn_pattern_le(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_le';
COMMENT ON FUNCTION arn_pattern_le(arn_pattern, arn_pattern) IS 'implementation of <= operator';

CREATE FUNCTION arn_pattern_gt(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_gt';
COMMENT ON FUNCTION arn_pattern_gt(arn_pattern, arn_pattern) IS 'implementation of > operator';

CREATE FUNCTION arn_pattern_ge(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_ge';
COMMENT ON FUNCTION arn_pattern_ge(arn_pattern, arn_pattern) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (arn_pattern, arn_pattern) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (arn_pattern, arn_pattern) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (arn_pattern, arn_pattern) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (arn_pattern, arn_pattern) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (arn_pattern, arn_pattern) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (arn_pattern, arn_pattern) IS 'greater than or equal';

CREATE FUNCTION arn_pattern_cmp(arn_pattern, arn_pattern) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_cmp';
COMMENT ON FUNCTION arn_pattern_cmp(arn_pattern, arn_pattern) IS 'less, equal or greater, as a number';

CREATE FUNCTION arn_pattern_hash(arn_pattern) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_hash';
COMMENT ON FUNCTION arn_pattern_hash(arn_pattern) IS 'hash of an ARN pattern';

CREATE FUNCTION arn_pattern_hash_extended(arn_pattern, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'arn_hash_extended';
COMMENT ON FUNCTION arn_pattern_hash_extended(arn_pattern, bigint) IS '64-bit hash of an ARN pattern with a seed';

CREATE OPERATOR CLASS arn_pattern_ops
DEFAULT FOR TYPE arn_pattern USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 arn_pattern_cmp(arn_pattern, arn_pattern);
COMMENT ON OPERATOR CLASS arn_pattern_ops USING btree IS 'order by bytes';
COMMENT ON OPERATOR FAMILY arn_pattern_ops USING btree IS 'order by bytes';

CREATE OPERATOR CLASS arn_pattern_ops
DEFAULT FOR TYPE arn_pattern USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 arn_pattern_hash(arn_pattern),
	FUNCTION 2 arn_pattern_hash_extended(arn_pattern, bigint);
COMMENT ON OPERATOR CLASS arn_pattern_ops USING hash IS 'equality by bytes';
COMMENT ON OPERATOR FAMILY arn_pattern_ops USING hash IS 'equality by bytes';

CREATE FUNCTION arn_matches(arn, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'arn_matches';
COMMENT ON FUNCTION arn_matches(arn, arn_pattern) IS 'implementation of ~ operator';

CREATE FUNCTION arn_pattern_matches(arn_pattern, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'arn_pattern_matches';
COMMENT ON FUNCTION arn_pattern_matches(arn_pattern, arn) IS 'implementation of ~ operator';

CREATE FUNCTION arn_pattern_contains(arn_pattern, arn) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'arn_pattern_matches';
COMMENT ON FUNCTION arn_pattern_contains(arn_pattern, arn) IS 'implementation of @> operator';

CREATE FUNCTION arn_contained(arn, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'arn_matches';
COMMENT ON FUNCTION arn_contained(arn, arn_pattern) IS 'implementation of <@ operator';

CREATE FUNCTION arn_pattern_covers(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'arn_pattern_covers';
COMMENT ON FUNCTION arn_pattern_covers(arn_pattern, arn_pattern) IS 'implementation of @> operator';

CREATE FUNCTION arn_pattern_covered(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'arn_pattern_covered';
COMMENT ON FUNCTION arn_pattern_covered(arn_pattern, arn_pattern) IS 'implementation of <@ operator';

CREATE FUNCTION arn_pattern_overlaps(arn_pattern, arn_pattern) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'arn_pattern_overlaps';
COMMENT ON FUNCTION arn_pattern_overlaps(arn_pattern, arn_pattern) IS 'implementation of && operator';

CREATE OPERATOR ~ (
	LEFTARG = arn,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_matches,
	COMMUTATOR = ~,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR ~ (arn, arn_pattern) IS 'the pattern matches the ARN; a pattern with a variable matches nothing';

CREATE OPERATOR ~ (
	LEFTARG = arn_pattern,
	RIGHTARG = arn,
	FUNCTION = arn_pattern_matches,
	COMMUTATOR = ~,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR ~ (arn_pattern, arn) IS 'the pattern matches the ARN; a pattern with a variable matches nothing';

CREATE OPERATOR @> (
	LEFTARG = arn_pattern,
	RIGHTARG = arn,
	FUNCTION = arn_pattern_contains,
	COMMUTATOR = <@,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR @> (arn_pattern, arn) IS 'the pattern covers the ARN for certain';

CREATE OPERATOR <@ (
	LEFTARG = arn,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_contained,
	COMMUTATOR = @>,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR <@ (arn, arn_pattern) IS 'the pattern covers the ARN for certain';

CREATE OPERATOR @> (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_covers,
	COMMUTATOR = <@,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR @> (arn_pattern, arn_pattern) IS 'the left pattern matches whatever the right one matches';

CREATE OPERATOR <@ (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_covered,
	COMMUTATOR = @>,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR <@ (arn_pattern, arn_pattern) IS 'the right pattern matches whatever the left one matches';

CREATE OPERATOR && (
	LEFTARG = arn_pattern,
	RIGHTARG = arn_pattern,
	FUNCTION = arn_pattern_overlaps,
	COMMUTATOR = &&,
	RESTRICT = matchingsel,
	JOIN = matchingjoinsel
);
COMMENT ON OPERATOR && (arn_pattern, arn_pattern) IS 'some ARN matches both patterns';


CREATE FUNCTION iam_arn_pattern_intersection(arn_pattern, arn_pattern) RETURNS arn_pattern[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'iam_sql_arn_pattern_intersection';
COMMENT ON FUNCTION iam_arn_pattern_intersection(arn_pattern, arn_pattern) IS 'what two patterns both match, as patterns none of which covers another; NULL where it cannot be written so (variables, wildcards before the sixth field, more than 32 patterns)';
