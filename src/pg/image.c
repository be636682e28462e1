/*
 * image.c: the core's flat images as varlena datums.
 *
 * The image follows the 4-byte length word and needs 4-byte alignment, so that a
 * datum with a short header is always copied.  Only the header is checked here,
 * at each use: an image enters the database through the core's compilers alone
 * (recv parses text again), so that a full check would only look for disk
 * corruption, at several times the price of an evaluation.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

static const struct
{
	const char *type;
	uint8_t     format;
	uint32_t    min_size;
} images[] = {
	[IAM_IMAGE_POLICY] = {"iam_policy", IAM_POLICY_FORMAT, sizeof(IamPolicy)},
	[IAM_IMAGE_REQUEST] = {"iam_request", IAM_REQUEST_FORMAT, sizeof(IamRequest)},
	[IAM_IMAGE_CALLER] = {"iam_caller", IAM_CALLER_FORMAT, sizeof(IamCaller)},
	[IAM_IMAGE_EFFECT] = {"iam_effect", IAM_EFFECT_FORMAT, sizeof(IamImage)},
};

#define CACHE_LINE 64
#define PREFETCH_BYTES 1024

/*
 * An evaluation reads a policy here and there and waits for each line that is not
 * in the cache.  A page is filled from its end: the row that a scan comes to next
 * mostly ends where this one begins, and is of about its size.  To ask for those
 * lines now halves the time of a scan; where there is no such row it is of no
 * consequence, whatever lies there.
 */
static void
prefetch_next(const void *image, Size size)
{
	Size end = Min(size + CACHE_LINE, PREFETCH_BYTES);

	for (Size at = CACHE_LINE; at <= end; at += CACHE_LINE)
		__builtin_prefetch((const char *) image - at);
}

const void *
iam_pg_image(Datum datum, IamImageType type)
{
	struct varlena *v = PG_DETOAST_DATUM(datum);
	Size            size = VARSIZE(v) - VARHDRSZ;
	const IamImage *image = (const IamImage *) VARDATA(v);
	bool            good;

	good = size >= images[type].min_size && image->format == images[type].format && image->type == type &&
	       image->size == size;
	if (good && type == IAM_IMAGE_POLICY)
	{
		const IamPolicy *policy = (const IamPolicy *) image;

		if (v == (struct varlena *) DatumGetPointer(datum))
			prefetch_next(image, size);
		good = policy->text.off <= size && policy->text.len <= size - policy->text.off &&
		       policy->statement_off <= size &&
		       policy->statement_count <= (size - policy->statement_off) / sizeof(IamStatement);
	}
	if (!good)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
		        errmsg_internal("stored value of type %s does not hold together", images[type].type));
	return image;
}

void
iam_pg_image_free(Datum datum, const void *image)
{
	const char *v = (const char *) image - VARHDRSZ;

	if (v != (const char *) DatumGetPointer(datum))
		pfree(unconstify(char *, v));
}

Datum
iam_pg_image_datum(const void *image)
{
	uint32_t        size = ((const IamImage *) image)->size;
	struct varlena *v = palloc(VARHDRSZ + (Size) size);

	SET_VARSIZE(v, VARHDRSZ + (Size) size);
	memcpy(VARDATA(v), image, size);
	return PointerGetDatum(v);
}

struct varlena *
iam_pg_image_copy(Datum datum, IamImageType type)
{
	const void *image = iam_pg_image(datum, type);
	const char *v = (const char *) image - VARHDRSZ;

	if (v != (const char *) DatumGetPointer(datum))
		return (struct varlena *) unconstify(char *, v);
	return (struct varlena *) DatumGetPointer(iam_pg_image_datum(image));
}
