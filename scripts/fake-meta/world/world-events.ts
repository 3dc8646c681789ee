import type { StoredComment } from './comments.ts';
import type { FacebookLive } from './facebook-live.ts';
import type { InstagramLive } from './instagram-live.ts';

/** What happens in the world and what the streams and the webhooks tell of. */
export type WorldEvent =
	| {
			readonly type: 'facebook_comment';
			readonly live: FacebookLive;
			readonly comment: StoredComment;
			/** `repeat`: nothing happened, but it is told once more. */
			readonly verb: 'add' | 'hide' | 'unhide' | 'remove' | 'repeat';
	  }
	| {
			readonly type: 'facebook_status';
			readonly live: FacebookLive;
			readonly status: 'live' | 'live_stopped';
	  }
	| {
			readonly type: 'instagram_comment';
			readonly live: InstagramLive;
			readonly comment: StoredComment;
	  };

/** What the lives need of the world around them. */
export type Surroundings = {
	/** Epoch ms. */
	now(): number;
	nextId(kind: 'comment' | 'instagramComment'): string;
	tell(event: WorldEvent): void;
};
