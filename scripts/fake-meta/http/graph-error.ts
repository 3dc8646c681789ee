/** What a Graph error says beside its code and message. HTTP status 400 unless told. */
type Details = {
	readonly status?: number;
	readonly subcode?: number;
	readonly type?: string;
	readonly isTransient?: boolean;
	readonly headers?: Readonly<Record<string, string>>;
};

/** An error in the envelope of the Graph API (PLATFORMS 1.8). */
export class GraphError extends Error {
	override readonly name = 'GraphError';
	readonly code: number;
	readonly details: Details;

	constructor(code: number, message: string, details: Details = {}) {
		super(message);
		this.code = code;
		this.details = details;
	}

	get status(): number {
		return this.details.status ?? 400;
	}

	/** The body to send. */
	envelope(traceId: string): object {
		const { subcode, type = 'OAuthException', isTransient } = this.details;
		return {
			error: {
				message: this.message,
				type,
				code: this.code,
				...(subcode === undefined ? {} : { error_subcode: subcode }),
				...(isTransient === undefined ? {} : { is_transient: isTransient }),
				fbtrace_id: traceId
			}
		};
	}
}

/** Code 100: a parameter that is missing or wrong. */
export function badParameter(message: string, subcode?: number): GraphError {
	return new GraphError(100, message, subcode === undefined ? {} : { subcode });
}

/** Code 100/33: no such object, or not for this token's eyes. */
export function noSuchObject(method: string, id: string): GraphError {
	return new GraphError(
		100,
		`Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
		{ subcode: 33, type: 'GraphMethodException' }
	);
}

/** Code 200 under HTTP 403: a permission that is missing, or a feature behind a gate (PLATFORMS 1.5). */
export function missingPermission(): GraphError {
	return new GraphError(200, '(#200) Missing Permissions', { status: 403 });
}
