/*
 * arn_key.c: a short key of an ARN, for joins and indexes of large tables.
 *
 * It is the first half of a SHA-256, so that nobody can prepare two ARNs with one
 * key: where both sides of a join are ARNs, equal keys are equal ARNs.  A key of
 * eight bytes would have to be rechecked on the ARN, which a covering index does
 * not have.  Frozen once released: stored columns are generated from it.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "utils/uuid.h"

#include "pg/iam_pg.h"

IAM_SQL_FUNCTION(arn_key);

Datum
arn_key(PG_FUNCTION_ARGS)
{
	IamStr             name = iam_pg_bytes(PG_GETARG_DATUM(0));
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
	uint8              digest[PG_SHA256_DIGEST_LENGTH];
	pg_uuid_t         *key = palloc(sizeof *key);

	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
	    pg_cryptohash_update(hash, (const uint8 *) name.data, name.len) < 0 ||
	    pg_cryptohash_final(hash, digest, sizeof digest) < 0)
		elog(ERROR, "SHA-256 failed: %s", hash == NULL ? "out of memory" : pg_cryptohash_error(hash));
	pg_cryptohash_free(hash);
	memcpy(key->data, digest, sizeof key->data);
	PG_RETURN_UUID_P(key);
}
