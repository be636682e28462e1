/*
 * arn_spgist.c: the SP-GiST operator classes of arn and arn_pattern: which
 * stored patterns match an ARN, which stored ARNs a pattern, and comparison.
 *
 * Both index the bytes of the value, in a radix tree built as text_ops builds
 * its own: an inner tuple's prefix is what its values have in common, the nodes
 * below it are labelled with the next byte, and a leaf keeps the bytes behind
 * that.  Two labels are no bytes: LABEL_END stands for the value's end,
 * LABEL_NONE comes of splitting an inner tuple whose nodes are all the same.
 *
 * A search carries along, as its traversal value, the set of states the other
 * side of the match can be in (arn_automaton.c), and leaves a subtree out when
 * it is empty.  Leaves ask the core about the whole value: exact, no recheck.
 */
#include "postgres.h"

#include "access/spgist.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "utils/memutils.h"

#include "pg/index.h"

#define LABEL_END (-1)
#define LABEL_NONE (-2)

/*
 * An inner tuple has to fit on a page.  In the worst case it has 258 nodes of
 * 16 bytes, and headers; the prefix gets the rest.
 */
#define MAX_PREFIX Max((int) (BLCKSZ - 258 * 16 - 100), 32)

/* What one scan looks for, made once and shared by its traversal values. */
typedef struct Search
{
	int             key_count;
	uint32          words;                            /* of all sets of states together */
	IamPgAutomaton *automaton[FLEXIBLE_ARRAY_MEMBER]; /* by scan key; NULL: a comparison */
} Search;

/* A traversal value: where the search stands behind the bytes above. */
typedef struct Place
{
	const Search *search;
	uint64        states[FLEXIBLE_ARRAY_MEMBER]; /* of each automaton in turn */
} Place;

static IamStr
behind(IamStr s, uint32 n)
{
	return (IamStr){s.data + n, s.len - n};
}

static uint32
common_length(IamStr a, IamStr b)
{
	uint32 len = Min(a.len, b.len);
	uint32 i = 0;

	while (i < len && a.data[i] == b.data[i])
		i++;
	return i;
}

/* The label of the node behind the first `at` bytes of s. */
static int16
label_at(IamStr s, uint32 at)
{
	return at < s.len ? (int16) (uint8) s.data[at] : LABEL_END;
}

/* The bytes behind that label. */
static Datum
rest_datum(IamStr s, uint32 at)
{
	return iam_pg_bytes_datum(behind(s, Min(at + 1, s.len)));
}

/* Whether there is a node of this label; *at is its place or where it belongs. */
static bool
find_label(const Datum *labels, int count, int16 label, int *at)
{
	int low = 0;
	int high = count;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (DatumGetInt16(labels[middle]) < label)
			low = middle + 1;
		else
			high = middle;
	}
	*at = low;
	return low < count && DatumGetInt16(labels[low]) == label;
}

/* ---- building the tree ---- */

IAM_SQL_FUNCTION(iam_arn_spgist_config);

Datum
iam_arn_spgist_config(PG_FUNCTION_ARGS)
{
	spgConfigOut *out = (spgConfigOut *) PG_GETARG_POINTER(1);

	out->prefixType = BYTEAOID;
	out->labelType = INT2OID;
	out->canReturnData = true;
	out->longValuesOK = true;
	PG_RETURN_VOID();
}

/* The upper tuple of a split keeps one node, of this label. */
static void
split(spgChooseOut *out, IamStr prefix, int16 label)
{
	Datum *labels = palloc(sizeof(Datum));

	labels[0] = Int16GetDatum(label);
	out->resultType = spgSplitTuple;
	out->result.splitTuple.prefixHasPrefix = prefix.len > 0;
	if (prefix.len > 0)
		out->result.splitTuple.prefixPrefixDatum = iam_pg_bytes_datum(prefix);
	out->result.splitTuple.prefixNNodes = 1;
	out->result.splitTuple.prefixNodeLabels = labels;
	out->result.splitTuple.childNodeN = 0;
	out->result.splitTuple.postfixHasPrefix = false;
}

IAM_SQL_FUNCTION(iam_arn_spgist_choose);

Datum
iam_arn_spgist_choose(PG_FUNCTION_ARGS)
{
	const spgChooseIn *in = (const spgChooseIn *) PG_GETARG_POINTER(0);
	spgChooseOut      *out = (spgChooseOut *) PG_GETARG_POINTER(1);
	IamStr             value = behind(iam_pg_bytes(in->datum), in->level);
	IamStr             prefix = in->hasPrefix ? iam_pg_bytes(in->prefixDatum) : IAM_LIT("");
	uint32             common = common_length(value, prefix);
	int16              label;
	int                node;

	if (common < prefix.len)
	{
		IamStr below = behind(prefix, common + 1);

		split(out, (IamStr){prefix.data, common}, label_at(prefix, common));
		if (below.len > 0)
		{
			out->result.splitTuple.postfixHasPrefix = true;
			out->result.splitTuple.postfixPrefixDatum = iam_pg_bytes_datum(below);
		}
		PG_RETURN_VOID();
	}

	label = label_at(value, common);
	if (find_label(in->nodeLabels, in->nNodes, label, &node))
	{
		/* where all nodes are the same the core takes any of them */
		out->resultType = spgMatchNode;
		out->result.matchNode.nodeN = node;
		out->result.matchNode.levelAdd = (int) common + (label >= 0 ? 1 : 0);
		out->result.matchNode.restDatum = rest_datum(value, common);
	}
	else if (in->allTheSame)
		/* such a tuple takes no new node: put it below one that does */
		split(out, prefix, LABEL_NONE);
	else
	{
		out->resultType = spgAddNode;
		out->result.addNode.nodeLabel = Int16GetDatum(label);
		out->result.addNode.nodeN = node;
	}
	PG_RETURN_VOID();
}

typedef struct SplitEntry
{
	IamStr value;
	int    tuple;
	int16  label;
} SplitEntry;

static int
compare_labels(const void *a, const void *b)
{
	int la = ((const SplitEntry *) a)->label;
	int lb = ((const SplitEntry *) b)->label;

	return la - lb;
}

IAM_SQL_FUNCTION(iam_arn_spgist_picksplit);

Datum
iam_arn_spgist_picksplit(PG_FUNCTION_ARGS)
{
	const spgPickSplitIn *in = (const spgPickSplitIn *) PG_GETARG_POINTER(0);
	spgPickSplitOut      *out = (spgPickSplitOut *) PG_GETARG_POINTER(1);
	SplitEntry           *entries = palloc(sizeof(SplitEntry) * in->nTuples);
	uint32                common = MAX_PREFIX;

	for (int i = 0; i < in->nTuples; i++)
	{
		entries[i].value = iam_pg_bytes(in->datums[i]);
		entries[i].tuple = i;
		common = Min(common, common_length(entries[0].value, entries[i].value));
	}
	out->hasPrefix = common > 0;
	if (common > 0)
		out->prefixDatum = iam_pg_bytes_datum((IamStr){entries[0].value.data, common});

	for (int i = 0; i < in->nTuples; i++)
		entries[i].label = label_at(entries[i].value, common);
	qsort(entries, in->nTuples, sizeof(SplitEntry), compare_labels);

	out->nNodes = 0;
	out->nodeLabels = palloc(sizeof(Datum) * in->nTuples);
	out->mapTuplesToNodes = palloc(sizeof(int) * in->nTuples);
	out->leafTupleDatums = palloc(sizeof(Datum) * in->nTuples);
	for (int i = 0; i < in->nTuples; i++)
	{
		if (i == 0 || entries[i].label != entries[i - 1].label)
			out->nodeLabels[out->nNodes++] = Int16GetDatum(entries[i].label);
		out->mapTuplesToNodes[entries[i].tuple] = out->nNodes - 1;
		out->leafTupleDatums[entries[i].tuple] = rest_datum(entries[i].value, common);
	}
	PG_RETURN_VOID();
}

/* ---- searching it ---- */

static const Search *
new_search(const spgInnerConsistentIn *in, bool patterns)
{
	MemoryContext old = MemoryContextSwitchTo(in->traversalMemoryContext);
	Search       *search = palloc0(offsetof(Search, automaton) + sizeof(IamPgAutomaton *) * in->nkeys);

	search->key_count = in->nkeys;
	for (int i = 0; i < in->nkeys; i++)
	{
		const ScanKeyData *key = &in->scankeys[i];

		if (key->sk_strategy <= BTMaxStrategyNumber)
			continue;
		search->automaton[i] = patterns ? iam_pg_automaton_of_arn(iam_pg_bytes(key->sk_argument))
		                                : iam_pg_automaton_of_pattern(iam_pg_bytes(key->sk_argument));
		search->words += search->automaton[i]->words;
	}
	MemoryContextSwitchTo(old);
	return search;
}

static Size
place_size(const Search *search)
{
	return offsetof(Place, states) + sizeof(uint64) * search->words;
}

static Place *
new_place(const Search *search)
{
	Place  *place = palloc(place_size(search));
	uint64 *states = place->states;

	place->search = search;
	for (int i = 0; i < search->key_count; i++)
		if (search->automaton[i] != NULL)
		{
			iam_pg_automaton_start(search->automaton[i], states);
			states += search->automaton[i]->words;
		}
	return place;
}

/* False if no value that goes on so can match. */
static bool
read_bytes(Place *place, IamStr bytes)
{
	const Search *search = place->search;
	uint64       *states = place->states;

	for (int i = 0; i < search->key_count; i++)
		if (search->automaton[i] != NULL)
		{
			if (!iam_pg_automaton_read(search->automaton[i], states, bytes))
				return false;
			states += search->automaton[i]->words;
		}
	return true;
}

/* Can a value that begins so compare with the keys as they ask? */
static bool
beginning_compares(const ScanKeyData *keys, int count, IamStr beginning)
{
	for (int i = 0; i < count; i++)
	{
		IamStr argument;
		int    c;

		if (keys[i].sk_strategy > BTMaxStrategyNumber)
			continue;
		argument = iam_pg_bytes(keys[i].sk_argument);
		c = memcmp(beginning.data, argument.data, Min(beginning.len, argument.len));
		switch (keys[i].sk_strategy)
		{
			case BTLessStrategyNumber:
			case BTLessEqualStrategyNumber:
				if (c > 0)
					return false;
				break;
			case BTEqualStrategyNumber:
				if (c != 0 || beginning.len > argument.len)
					return false;
				break;
			default:
				if (c < 0)
					return false;
		}
	}
	return true;
}

static void
inner_consistent(const spgInnerConsistentIn *in, spgInnerConsistentOut *out, bool patterns)
{
	IamStr above = in->level > 0 ? iam_pg_bytes(in->reconstructedValue) : IAM_LIT("");
	IamStr prefix = in->hasPrefix ? iam_pg_bytes(in->prefixDatum) : IAM_LIT("");
	uint32 level = (uint32) in->level + prefix.len;
	Place *here;
	Place *there;
	Size   size;
	char  *value;

	if (in->traversalValue != NULL)
	{
		size = place_size(((const Place *) in->traversalValue)->search);
		here = palloc(size);
		memcpy(here, in->traversalValue, size);
	}
	else
	{
		here = new_place(new_search(in, patterns));
		size = place_size(here->search);
	}
	out->nNodes = 0;
	if (!read_bytes(here, prefix))
		return;

	/* the bytes down to here, with room for one more */
	value = palloc((Size) level + 1);
	memcpy(value, above.data, in->level);
	memcpy(value + in->level, prefix.data, prefix.len);
	there = palloc(size);

	out->nodeNumbers = palloc(sizeof(int) * in->nNodes);
	out->levelAdds = palloc(sizeof(int) * in->nNodes);
	out->reconstructedValues = palloc(sizeof(Datum) * in->nNodes);
	out->traversalValues = palloc(sizeof(void *) * in->nNodes);
	for (int i = 0; i < in->nNodes; i++)
	{
		int16  label = DatumGetInt16(in->nodeLabels[i]);
		IamStr next = {value + level, label >= 0 ? 1 : 0};
		IamStr beginning = {value, level + next.len};
		int    n = out->nNodes;

		if (label >= 0)
			value[level] = (char) label;
		memcpy(there, here, size);
		if (!read_bytes(there, next) || !beginning_compares(in->scankeys, in->nkeys, beginning))
			continue;
		out->nodeNumbers[n] = i;
		out->levelAdds[n] = (int) (beginning.len - (uint32) in->level);
		out->reconstructedValues[n] = iam_pg_bytes_datum(beginning);
		out->traversalValues[n] = MemoryContextAlloc(in->traversalMemoryContext, size);
		memcpy(out->traversalValues[n], there, size);
		out->nNodes++;
	}
}

IAM_SQL_FUNCTION(iam_arn_spgist_inner);

Datum
iam_arn_spgist_inner(PG_FUNCTION_ARGS)
{
	inner_consistent((const spgInnerConsistentIn *) PG_GETARG_POINTER(0),
	                 (spgInnerConsistentOut *) PG_GETARG_POINTER(1), false);
	PG_RETURN_VOID();
}

IAM_SQL_FUNCTION(iam_arn_pattern_spgist_inner);

Datum
iam_arn_pattern_spgist_inner(PG_FUNCTION_ARGS)
{
	inner_consistent((const spgInnerConsistentIn *) PG_GETARG_POINTER(0),
	                 (spgInnerConsistentOut *) PG_GETARG_POINTER(1), true);
	PG_RETURN_VOID();
}

static bool
value_satisfies(const ScanKeyData *key, IamStr value, bool patterns)
{
	IamStr argument = iam_pg_bytes(key->sk_argument);

	switch (key->sk_strategy)
	{
		case BTLessStrategyNumber:
			return iam_pg_bytes_compare(value, argument) < 0;
		case BTLessEqualStrategyNumber:
			return iam_pg_bytes_compare(value, argument) <= 0;
		case BTEqualStrategyNumber:
			return iam_str_equal(value, argument);
		case BTGreaterEqualStrategyNumber:
			return iam_pg_bytes_compare(value, argument) >= 0;
		case BTGreaterStrategyNumber:
			return iam_pg_bytes_compare(value, argument) > 0;
		case IAM_SPGIST_MATCHES:
		case IAM_SPGIST_COVERS:
			return patterns ? iam_arn_pattern_matches(value, argument)
			                : iam_arn_pattern_matches(argument, value);
		default:
			elog(ERROR, "unrecognized strategy number: %d", key->sk_strategy);
	}
	return false; /* keep compiler quiet */
}

/* Most leaves are found not to match without being put together. */
static bool
leaf_possible(const Place *place, IamStr rest)
{
	const Search *search = place->search;
	const uint64 *states = place->states;
	uint64        few[8];

	for (int i = 0; i < search->key_count; i++)
	{
		const IamPgAutomaton *automaton = search->automaton[i];

		if (automaton == NULL)
			continue;
		if (!iam_pg_automaton_settled(automaton, states))
		{
			Size    size = automaton->words * sizeof(uint64);
			uint64 *copy = size <= sizeof few ? few : palloc(size);
			bool    possible;

			memcpy(copy, states, size);
			possible = iam_pg_automaton_read(automaton, copy, rest);
			if (copy != few)
				pfree(copy);
			if (!possible)
				return false;
		}
		states += automaton->words;
	}
	return true;
}

static bool
leaf_consistent(const spgLeafConsistentIn *in, spgLeafConsistentOut *out, bool patterns)
{
	IamStr          above = in->level > 0 ? iam_pg_bytes(in->reconstructedValue) : IAM_LIT("");
	IamStr          rest = iam_pg_bytes(in->leafDatum);
	IamStr          value;
	struct varlena *datum;

	out->recheck = false;
	/* a tree of one page has no inner tuple */
	if (in->traversalValue != NULL && !leaf_possible(in->traversalValue, rest))
		return false;

	value.len = (uint32) in->level + rest.len;
	datum = palloc(VARHDRSZ + (Size) value.len);
	SET_VARSIZE(datum, VARHDRSZ + (Size) value.len);
	memcpy(VARDATA(datum), above.data, in->level);
	memcpy(VARDATA(datum) + in->level, rest.data, rest.len);
	value.data = VARDATA(datum);
	out->leafValue = PointerGetDatum(datum);
	for (int i = 0; i < in->nkeys; i++)
		if (!value_satisfies(&in->scankeys[i], value, patterns))
			return false;
	return true;
}

IAM_SQL_FUNCTION(iam_arn_spgist_leaf);

Datum
iam_arn_spgist_leaf(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(leaf_consistent((const spgLeafConsistentIn *) PG_GETARG_POINTER(0),
	                               (spgLeafConsistentOut *) PG_GETARG_POINTER(1), false));
}

IAM_SQL_FUNCTION(iam_arn_pattern_spgist_leaf);

Datum
iam_arn_pattern_spgist_leaf(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(leaf_consistent((const spgLeafConsistentIn *) PG_GETARG_POINTER(0),
	                               (spgLeafConsistentOut *) PG_GETARG_POINTER(1), true));
}
