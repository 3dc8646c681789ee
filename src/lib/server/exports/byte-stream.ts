/**
 * Text as a stream of UTF-8, made as fast as it is read: nothing is taken before the reader asks. When the
 * reader leaves, the text is ended by `return()`. What it throws breaks the stream, so that no half file
 * looks whole, and goes to `onError`.
 */
export function byteStream(
	text: AsyncGenerator<string, void, undefined>,
	onError: (error: unknown) => void
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let left = false;
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				try {
					const piece = await text.next();
					if (left) return;
					if (piece.done) controller.close();
					else controller.enqueue(encoder.encode(piece.value));
				} catch (error) {
					onError(error);
					throw error;
				}
			},
			async cancel() {
				left = true;
				await text.return();
			}
		},
		{ highWaterMark: 0 }
	);
}
