/*
 * graph_names.c: the names of the assume graph become dense ids.
 *
 * What is looked for is not the name but 128 bits of a keyed hash, so that a
 * look-up is one cache miss.  Names are untrusted, and forged collisions of a
 * known hash would join what has nothing to do with each other; this hash is
 * drawn anew in each call, out of a family that is strongly universal.  With
 * secret random words k and the name's 32-bit words m, a hash of 32 bits is
 *
 *   (c + (k0 + length) * k1 + sum of (k[2i] + m[2i]) * (k[2i+1] + m[2i+1])) mod 2^64 / 2^32
 *
 * (Lemire and Kaser, Strongly universal string hashing is fast).  Names that
 * differ in a word, or in their length, differ by one secret word times less
 * than 2^32, plus what does not depend on that word: their hashes are equal
 * with a probability of 2^-32, whatever the names are.  There are four of them,
 * independent of each other.  Three are compared, among the slots that follow
 * the one which the fourth chooses: of n names, any two are taken for one with
 * a probability of about n * 2^-94, that is 2^-74 for a million.  Neither hashes
 * nor secrets leave this memory.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/graph.h"

#define FIRST_BITS 6
#define FIRST_ROOM 128 /* nodes */
#define INTERRUPT_STEP 65536
#define LANES lengthof(((IamGraphKey *) NULL)->word)
/* Chunks of names grow with what there is of them. */
#define MIN_NAME_CHUNK ((Size) 8 * 1024)
#define MAX_NAME_CHUNK ((Size) 8 * 1024 * 1024)

/* Two secret words for each of the hashes. */
typedef struct SecretPair
{
	uint64 first;
	uint64 second;
} SecretPair;

typedef struct IamGraphSecret
{
	uint64     offset[LANES];
	SecretPair length[LANES];
	SecretPair words[IAM_GRAPH_MAX_NAME / sizeof(uint64)][LANES];
} IamGraphSecret;

/* ---- keys ---- */

/* The last size < 8 bytes of the text as a word, without a loop that branches on how many there are. */
static inline uint64
last_word(IamStr text, uint32 size)
{
	uint64 word = 0;
	uint32 beyond = (sizeof word - size) * BITS_PER_BYTE;

	if (text.len < sizeof word)
		memcpy(&word, text.data, size);
	else
	{
		memcpy(&word, text.data + text.len - sizeof word, sizeof word);
#ifdef WORDS_BIGENDIAN
		word <<= beyond;
#else
		word >>= beyond;
#endif
	}
	return word;
}

static inline uint64
mix(const SecretPair *secret, uint64 word)
{
	return (secret->first + (uint32) word) * (secret->second + (word >> 32));
}

IamGraphKey
iam_graph_key(const IamGraph *g, IamStr name)
{
	const IamGraphSecret *secret = g->secret;
	const SecretPair     *pair = secret->words[0];
	uint32                words = name.len / sizeof(uint64);
	uint32                left = name.len % sizeof(uint64);
	uint64                word = name.len;
	uint64                h0 = secret->offset[0] + mix(&secret->length[0], word);
	uint64                h1 = secret->offset[1] + mix(&secret->length[1], word);
	uint64                h2 = secret->offset[2] + mix(&secret->length[2], word);
	uint64                h3 = secret->offset[3] + mix(&secret->length[3], word);

	Assert(name.len <= IAM_GRAPH_MAX_NAME);
	for (uint32 i = 0; i < words; i++, pair += LANES)
	{
		memcpy(&word, name.data + i * sizeof word, sizeof word);
		h0 += mix(&pair[0], word);
		h1 += mix(&pair[1], word);
		h2 += mix(&pair[2], word);
		h3 += mix(&pair[3], word);
	}
	if (left > 0)
	{
		word = last_word(name, left);
		h0 += mix(&pair[0], word);
		h1 += mix(&pair[1], word);
		h2 += mix(&pair[2], word);
		h3 += mix(&pair[3], word);
	}
	return (IamGraphKey){
		{(uint32) (h0 >> 32), (uint32) (h1 >> 32), (uint32) (h2 >> 32), (uint32) (h3 >> 32)}};
}

/* ---- ids ---- */

static Size
buckets_size(int bits)
{
	return (sizeof(IamGraphBucket) << bits) + sizeof(IamGraphBucket);
}

static void
new_buckets(IamGraph *g, int bits)
{
	g->bucket_memory = iam_graph_alloc(g, buckets_size(bits));
	memset(g->bucket_memory, 0, buckets_size(bits));
	g->buckets = (IamGraphBucket *) TYPEALIGN(sizeof(IamGraphBucket), g->bucket_memory);
	g->bucket_bits = bits;
}

void
iam_graph_init_names(IamGraph *g)
{
	g->secret = iam_graph_alloc(g, sizeof(IamGraphSecret));
	if (!pg_strong_random(g->secret, sizeof(IamGraphSecret)))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values"));
	new_buckets(g, FIRST_BITS);
}

void
iam_graph_end_names(IamGraph *g)
{
	iam_graph_free(g, g->bucket_memory, buckets_size(g->bucket_bits));
	iam_graph_free(g, g->places, sizeof(uint32) * (Size) g->node_room);
	iam_graph_free(g, g->secret, sizeof(IamGraphSecret));
	g->bucket_memory = NULL;
	g->buckets = NULL;
	g->places = NULL;
	g->secret = NULL;
}

static const char *
store_name(IamGraph *g, IamStr name)
{
	Size  header = name.len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX ? VARHDRSZ_SHORT : VARHDRSZ;
	Size  size = INTALIGN(header + name.len);
	char *stored;

	if (size > g->name_left)
	{
		Size chunk = Min(Max(g->name_bytes / 4, MIN_NAME_CHUNK), MAX_NAME_CHUNK);

		g->name_chunk = iam_graph_alloc(g, chunk);
		g->name_left = chunk;
		g->name_bytes += chunk;
	}
	stored = g->name_chunk;
	g->name_chunk += size;
	g->name_left -= size;
	if (header == VARHDRSZ_SHORT)
		SET_VARSIZE_SHORT(stored, header + name.len);
	else
		SET_VARSIZE(stored, header + name.len);
	memcpy(stored + header, name.data, name.len);
	return stored;
}

/* What the bucket has in its place i if that has the key, else 0. */
static inline uint32
match(const IamGraphBucket *b, int i, const IamGraphKey *key)
{
	uint32 different = (b->word[0][i] ^ key->word[0]) | (b->word[1][i] ^ key->word[1]) |
	                   (b->word[2][i] ^ key->word[2]);

	return b->id_and_one[i] & -(uint32) (different == 0);
}

/* The bucket that the key is in, or has to go to; `id_and_one` is 0 where it is not there. */
static inline IamGraphBucket *
find_bucket(const IamGraph *g, const IamGraphKey *key, uint32 *id_and_one)
{
	uint32 mask = ((uint32) 1 << g->bucket_bits) - 1;

	for (uint32 at = iam_graph_home(g->bucket_bits, key->word[3]);; at = (at + 1) & mask)
	{
		IamGraphBucket *b = &g->buckets[at];
		/* no branch: which one it is cannot be predicted */
		uint32 found = match(b, 0, key) | match(b, 1, key) | match(b, 2, key) | match(b, 3, key);

		if (found != 0 || b->id_and_one[IAM_GRAPH_BUCKET - 1] == 0)
		{
			*id_and_one = found;
			return b;
		}
	}
}

static void
put(IamGraphBucket *b, const uint32 *word, uint32 id_and_one)
{
	int i = 0;

	while (b->id_and_one[i] != 0)
		i++;
	for (int w = 0; w < 3; w++)
		b->word[w][i] = word[w];
	b->id_and_one[i] = id_and_one;
}

static void
grow_buckets(IamGraph *g)
{
	IamGraphBucket *old = g->buckets;
	void           *old_memory = g->bucket_memory;
	int             old_bits = g->bucket_bits;
	uint32          mask = ((uint32) 2 << old_bits) - 1;

	new_buckets(g, old_bits + 1);
	for (uint32 i = 0; i <= mask / 2; i++)
	{
		const IamGraphBucket *b = &old[i];

		if (i % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < IAM_GRAPH_BUCKET && b->id_and_one[j] != 0; j++)
		{
			uint32 word[] = {b->word[0][j], b->word[1][j], b->word[2][j]};
			uint32 at = iam_graph_home(g->bucket_bits, g->places[b->id_and_one[j] - 1]);

			while (g->buckets[at].id_and_one[IAM_GRAPH_BUCKET - 1] != 0)
				at = (at + 1) & mask;
			put(&g->buckets[at], word, b->id_and_one[j]);
		}
	}
	iam_graph_free(g, old_memory, buckets_size(old_bits));
}

static void
grow_nodes(IamGraph *g)
{
	Size old = g->node_room;
	Size room = old == 0 ? FIRST_ROOM : old * 2;

	g->names = iam_graph_enlarge(g, g->names, sizeof(char *) * old, sizeof(char *) * room);
	g->places = iam_graph_enlarge(g, g->places, sizeof(uint32) * old, sizeof(uint32) * room);
	g->node_room = room;
}

uint32
iam_graph_intern(IamGraph *g, const IamGraphKey *key, IamStr name)
{
	uint32          id_and_one;
	IamGraphBucket *bucket = find_bucket(g, key, &id_and_one);

	if (id_and_one != 0)
		return id_and_one - 1;
	if (g->node_count >= IAM_GRAPH_MAX_NODES)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		        errmsg("iam_assume_edge names more than %u principals", IAM_GRAPH_MAX_NODES));
	/* half full: another bucket has to be looked at rarely */
	if (g->node_count >= (uint32) (IAM_GRAPH_BUCKET / 2) << g->bucket_bits)
	{
		grow_buckets(g);
		bucket = find_bucket(g, key, &id_and_one);
	}
	if (g->node_count == g->node_room)
		grow_nodes(g);
	g->names[g->node_count] = store_name(g, name);
	g->places[g->node_count] = key->word[3];
	put(bucket, key->word, ++g->node_count);
	return g->node_count - 1;
}
