"""Estimates with intervals, crossings, frontiers, sensitivity, boxes: methods that several questions use."""
