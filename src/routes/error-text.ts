export type ErrorText = {
	readonly title: string;
	/** What it means and what to do. */
	readonly advice: string;
	/** Whether the same request may work later. */
	readonly retry: boolean;
};

/** What an error page says. */
export function describeError(status: number, error: App.Error | null): ErrorText {
	if (error?.code === 'SHOW_NOT_FOUND') {
		return {
			title: 'This show isn’t here',
			advice:
				'It doesn’t exist, or it belongs to another workspace. Check the link, or look it up in your list.',
			retry: false
		};
	}
	if (error?.code === 'INVITE_NOT_FOUND') {
		return {
			title: 'This invitation no longer works',
			advice:
				'It was used, withdrawn, or is older than seven days. Ask whoever sent it for a new link.',
			retry: false
		};
	}
	if (status === 404) {
		return {
			title: 'There is nothing at this address',
			advice: 'The link may be old or mistyped.',
			retry: false
		};
	}
	if (status === 403) {
		return {
			title: 'You can’t do this',
			advice: `${error?.message ?? 'Your role does not allow this.'} Ask an owner of your workspace if you need it.`,
			retry: false
		};
	}
	if (status === 429) {
		return {
			title: 'Too many requests',
			advice: error?.message ?? 'Wait a moment, then try again.',
			retry: true
		};
	}
	if (status === 503) {
		return {
			title: 'Sellary is catching its breath',
			advice:
				error?.message ?? 'The service can’t reach its data right now. Try again in a moment.',
			retry: true
		};
	}
	if (status < 500) {
		return {
			title: 'This didn’t work',
			advice: error?.message ?? 'The request was not understood.',
			retry: false
		};
	}
	return {
		title: 'Something went wrong on our side',
		advice:
			'It has been recorded. Claims of running shows are not affected. Try again in a moment.',
		retry: true
	};
}
