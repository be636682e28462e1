/*
 * image.h: building flat images (base.h) in an arena: a header of fixed size,
 * then arrays and strings in the order they are added.
 *
 * Everything is zero-padded and laid out by the input alone, so equal inputs
 * give equal bytes.  After a failed allocation all of these do nothing;
 * iam_image_end then reports it.
 */
#ifndef IAM_IMAGE_H
#define IAM_IMAGE_H

#include "base.h"

/* Images over this are refused: a varlena holds 1 GB. */
#define IAM_MAX_IMAGE_BYTES (512 * 1024 * 1024)

/* Room for the header and, as a guess that saves copying, `expected` bytes behind it. */
void iam_image_begin(IamBuf *image, IamArena *arena, size_t header_size, size_t expected);

/* Appends the bytes. The slice is present even where s is empty. */
IamSlice iam_image_str(IamBuf *image, IamStr s);

/* The same, absent where s is empty. */
IamSlice iam_image_optional(IamBuf *image, IamStr s);

/* The slice of `part` where it points into `whole`, which is stored as `stored`; else a copy. */
IamSlice iam_image_part(IamBuf *image, IamSlice stored, IamStr whole, IamStr part);

/* Overwrites reserved bytes (iam_buf_reserve) at off. */
void iam_image_put(IamBuf *image, uint32_t off, const void *data, size_t len);

/*
 * Pads, fills in head (the first member of *header) and copies the header to
 * its place.  *out is the image, head.size bytes long.
 */
bool iam_image_end(IamBuf *image, void *header, size_t header_size, IamImageType type, uint8_t format,
                   const void **out, IamError *err);

#endif
