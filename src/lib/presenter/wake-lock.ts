/**
 * Keeps the screen on for as long as the page is seen, where the browser can (W3C Screen Wake Lock). The
 * browser takes the lock back whenever the page is hidden, so it is asked for again. Returns the way out.
 */
export function keepScreenOn(): () => void {
	let lock: WakeLockSentinel | null = null;
	let ended = false;

	async function ask(): Promise<void> {
		if (ended || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
		try {
			const granted = await navigator.wakeLock.request('screen');
			if (ended) await granted.release();
			else lock = granted;
		} catch {
			// Refused, e.g. on low battery: the view works all the same.
		}
	}

	const onVisible = () => void ask();
	document.addEventListener('visibilitychange', onVisible);
	void ask();
	return () => {
		ended = true;
		document.removeEventListener('visibilitychange', onVisible);
		void lock?.release().catch(() => undefined);
	};
}
