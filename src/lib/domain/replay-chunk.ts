/** Events of a log that replays read at once; their time table has an entry for each such piece. */
export const REPLAY_CHUNK = 1_000;
