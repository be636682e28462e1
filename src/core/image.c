/*
 * image.c: building flat images in an arena.
 */
#include "image.h"

void
iam_image_begin(IamBuf *image, IamArena *arena, size_t header_size, size_t expected)
{
	iam_buf_init(image, arena);
	image->data = iam_alloc(arena, header_size + expected);
	if (image->data == NULL)
		return;
	image->size = header_size + expected;
	image->len = header_size;
}

IamSlice
iam_image_str(IamBuf *image, IamStr s)
{
	IamSlice slice;

	slice.off = (uint32_t) image->len;
	slice.len = s.len;
	iam_buf_str(image, s);
	return slice;
}

IamSlice
iam_image_optional(IamBuf *image, IamStr s)
{
	if (s.len == 0)
		return (IamSlice){0, 0};
	return iam_image_str(image, s);
}

IamSlice
iam_image_part(IamBuf *image, IamSlice stored, IamStr whole, IamStr part)
{
	uintptr_t from = (uintptr_t) whole.data;
	uintptr_t at = (uintptr_t) part.data;

	if (part.data == NULL)
		return (IamSlice){0, 0};
	if (at >= from && at - from <= whole.len && part.len <= whole.len - (at - from))
		return (IamSlice){stored.off + (uint32_t) (at - from), part.len};
	return iam_image_str(image, part);
}

void
iam_image_put(IamBuf *image, uint32_t off, const void *data, size_t len)
{
	if (image->arena->failed || off > image->len || len > image->len - off)
		return;
	memcpy(image->data + off, data, len);
}

bool
iam_image_end(IamBuf *image, void *header, size_t header_size, IamImageType type, uint8_t format,
              const void **out, IamError *err)
{
	IamImage *head = header;

	iam_buf_reserve(image, 0);
	if (image->arena->failed)
		return iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
	if (image->len > IAM_MAX_IMAGE_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, NULL, "The compiled form takes %zu bytes, the limit is %d.",
		                image->len, IAM_MAX_IMAGE_BYTES);
	head->format = format;
	head->type = (uint8_t) type;
	head->reserved = 0;
	head->size = (uint32_t) image->len;
	iam_image_put(image, 0, header, header_size);
	*out = image->data;
	return true;
}
