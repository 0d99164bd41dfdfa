"""Live audio and video: calls, legs, signalling, media workers."""
