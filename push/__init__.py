"""Reaching the phone when the app is closed: devices, notifications, deliveries, providers."""
